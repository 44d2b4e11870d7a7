"""The endpoints that are used, with their documented weights (those of orders are charged on failure only).

What became of an order is as urgent as the order: whoever asks may be about to send it again.
"""

from tradingbot.exchange.binance.wire.rest import Call

EXCHANGE_INFO = Call("publicGetExchangeInfo", "Asking for the symbols' rules", 20)
ACCOUNT = Call("privateGetAccount", "Asking for the account", 20)
COMMISSION = Call("privateGetAccountCommission", "Asking for the commission", 20)
RESTRICTIONS = Call("sapiGetAccountApiRestrictions", "Asking what the key may do", 1)
ORDER = Call("privateGetOrder", "Asking for an order", 4, urgent=True)
OPEN_ORDERS = Call("privateGetOpenOrders", "Asking for the open orders", 6)
ALL_OPEN_ORDERS = Call("privateGetOpenOrders", "Asking for the open orders", 80)
ORDER_LIST = Call("privateGetOrderList", "Asking for an order list", 4, urgent=True)
OPEN_LISTS = Call("privateGetOpenOrderList", "Asking for the open order lists", 6)
TRADES = Call("privateGetMyTrades", "Asking for the account's trades", 20)
TRADES_OF_ORDER = Call("privateGetMyTrades", "Asking for an order's trades", 5)
PLACE = Call("privatePostOrder", "Placing an order", 1, changes=True, urgent=True)
PLACE_OCO = Call("privatePostOrderListOco", "Placing an OCO", 1, changes=True, urgent=True)
PLACE_OTO = Call("privatePostOrderListOto", "Placing an OTO", 1, changes=True, urgent=True)
PLACE_OTOCO = Call("privatePostOrderListOtoco", "Placing an OTOCO", 1, changes=True, urgent=True)
CANCEL = Call("privateDeleteOrder", "Cancelling an order", 1, changes=True, urgent=True)
CANCEL_LIST = Call("privateDeleteOrderList", "Cancelling an order list", 1, changes=True, urgent=True)
CANCEL_ALL = Call("privateDeleteOpenOrders", "Cancelling all orders", 1, changes=True, urgent=True)
