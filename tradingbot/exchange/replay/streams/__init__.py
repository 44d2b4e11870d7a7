"""The public streams: their names and frames, who has subscribed, what is published when."""
