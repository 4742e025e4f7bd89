"""How people write currencies beside an amount: ISO codes, signs, and short words."""

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP
TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
CODES = frozenset(_CODES.split())

# A sign, as ``casefold`` writes it, and the currencies it may stand for.
_SIGNS = {
    "$": "USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD BRL UYU",
    "€": "EUR", "£": "GBP EGP", "¥": "JPY CNY", "￥": "JPY CNY", "₹": "INR", "₩": "KRW", "₽": "RUB",
    "₺": "TRY", "₴": "UAH", "₪": "ILS", "₫": "VND", "₱": "PHP", "฿": "THB", "₦": "NGN", "₵": "GHS",
    "₡": "CRC", "₲": "PYG", "₸": "KZT", "₼": "AZN", "₾": "GEL", "₭": "LAK", "₮": "MNT", "៛": "KHR",
    "us$": "USD", "u$s": "USD", "$us": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD",
    "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "mx$": "MXN", "nt$": "TWD", "r$": "BRL", "cn¥": "CNY",
    "jp¥": "JPY", "kr": "SEK NOK DKK ISK", "kr.": "SEK NOK DKK ISK", "zł": "PLN", "kč": "CZK", "ft": "HUF",
    "lei": "RON MDL", "лв": "BGN", "лв.": "BGN", "руб": "RUB", "руб.": "RUB", "грн": "UAH", "fr.": "CHF",
    "sfr.": "CHF", "rs": "INR PKR LKR NPR", "rs.": "INR PKR LKR NPR", "rm": "MYR", "rp": "IDR", "s/": "PEN",
    "s/.": "PEN", "tl": "TRY", "円": "JPY", "元": "CNY TWD", "원": "KRW", "đ": "VND", "r": "ZAR",
    "euro": "EUR", "eur.": "EUR", "د.إ": "AED", "ر.س": "SAR",
}  # fmt: skip
SIGNS = {sign: frozenset(codes.split()) for sign, codes in _SIGNS.items()}


def currencies(written: str) -> frozenset[str]:
    """Give the ISO codes that this may stand for; empty where it is no currency."""
    if written.upper() in CODES:
        return frozenset({written.upper()})
    return SIGNS.get(written.casefold(), frozenset())
