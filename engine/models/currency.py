"""How many decimals a currency has (ISO 4217); two where the table says nothing."""

from decimal import Decimal

_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_BY_CODE = {code: decimals for decimals, codes in _DECIMALS.items() for code in codes.split()}


def decimals(currency: str | None) -> int:
    return _BY_CODE.get(currency or "", 2)


def smallest_unit(currency: str | None) -> Decimal:
    """One cent, one yen, one fils."""
    return Decimal(1).scaleb(-decimals(currency))
