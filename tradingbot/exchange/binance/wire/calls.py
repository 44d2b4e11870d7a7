"""The endpoints that are used, with their documented weights (those of orders are charged on failure only)."""

from tradingbot.exchange.binance.wire.rest import Call

EXCHANGE_INFO = Call("publicGetExchangeInfo", 20)
ACCOUNT = Call("privateGetAccount", 20)
COMMISSION = Call("privateGetAccountCommission", 20)
RESTRICTIONS = Call("sapiGetAccountApiRestrictions", 1)
ORDER = Call("privateGetOrder", 4)
OPEN_ORDERS = Call("privateGetOpenOrders", 6)
ALL_OPEN_ORDERS = Call("privateGetOpenOrders", 80)
ORDER_LIST = Call("privateGetOrderList", 4)
OPEN_LISTS = Call("privateGetOpenOrderList", 6)
TRADES = Call("privateGetMyTrades", 20)
TRADES_OF_ORDER = Call("privateGetMyTrades", 5)
PLACE = Call("privatePostOrder", 1, changes=True, urgent=True)
PLACE_OCO = Call("privatePostOrderListOco", 1, changes=True, urgent=True)
PLACE_OTO = Call("privatePostOrderListOto", 1, changes=True, urgent=True)
PLACE_OTOCO = Call("privatePostOrderListOtoco", 1, changes=True, urgent=True)
CANCEL = Call("privateDeleteOrder", 1, changes=True, urgent=True)
CANCEL_LIST = Call("privateDeleteOrderList", 1, changes=True, urgent=True)
CANCEL_ALL = Call("privateDeleteOpenOrders", 1, changes=True, urgent=True)
