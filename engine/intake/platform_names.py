"""What a cell or a person calls a platform, and what we call it: Facebook is Meta, with that as placement."""

from engine.intake.total_words import plain

OTHER = "Other"  # where nobody says which platform it is
_NAMES = {
    "Meta": ("meta", "meta ads", "meta ads manager", "facebook ads", "fb ads", "facebook & instagram",
             "facebook and instagram", "facebook/instagram", "meta platforms"),
    "Google": ("google", "google ads", "googleads", "google adwords", "adwords", "google_ads", "google-ads"),
    "TikTok": ("tiktok", "tiktok ads", "tik tok", "tiktok ads manager", "tiktok_ads", "tiktok-ads"),
    "LinkedIn": ("linkedin", "linkedin ads", "linked in", "linkedin campaign manager", "linkedin_ads",
                 "linkedin-ads"),
    "Microsoft": ("microsoft", "microsoft ads", "microsoft advertising", "bing", "bing ads", "msft ads",
                  "microsoft_ads", "microsoft-ads"),
}  # fmt: skip
_PLACEMENTS = {
    "Meta": ("facebook", "instagram", "messenger", "audience network", "threads", "fb", "ig", "whatsapp",
             "audience_network"),
    "Google": ("youtube", "google search", "display & video 360"),
}  # fmt: skip
_KNOWN = {name: (platform, "") for platform, names in _NAMES.items() for name in names}
_KNOWN |= {name: (platform, name) for platform, names in _PLACEMENTS.items() for name in names}
_FULL = {"fb": "Facebook", "ig": "Instagram", "audience_network": "Audience Network"}


def platform_of(text: str) -> tuple[str, str]:
    """Give a platform's name, and the placement on it that the text names; an unknown name stays as it is."""
    name = " ".join(text.split())
    platform, placement = _KNOWN.get(plain(name), (name, ""))
    return platform, (_FULL.get(placement, name) if placement else "")
