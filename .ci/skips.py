"""Print every skipped test; fail on one whose reason is not expected. `--summary` prints the closing line only."""

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

EXPECTED = ("no market data at ", "no testnet keys: ")

cases = list(ElementTree.parse(sys.argv[1]).getroot().iter("testcase"))
skips = [(case.get("name", ""), skip.get("message") or "") for case in cases for skip in case.iter("skipped")]
failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
if "--summary" in sys.argv:
    print(f"{len(cases) - len(skips) - failed} passed, {failed} failed, {len(skips)} skipped")
    sys.exit(0)
for reason, count in Counter(reason for _, reason in skips).items():
    print(f"skipped {count}: {reason}")
unexpected = [name for name, reason in skips if not any(words in reason for words in EXPECTED)]
if unexpected:
    sys.exit("unexpected skips: " + ", ".join(unexpected))
