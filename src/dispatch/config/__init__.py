"""dispatch.yaml, .env and the environment, read into one frozen Config; nothing else reads any of them."""

from dispatch.config.editors import address_in
from dispatch.config.loading import load_config, load_unfilled
from dispatch.config.settings import Config, Delivery, Newsletter, ThemeSettings, Unsubscribe
from dispatch.config.signing_key import keys_to_set, load_or_make_key

__all__ = [
    "Config",
    "Delivery",
    "Newsletter",
    "ThemeSettings",
    "Unsubscribe",
    "address_in",
    "keys_to_set",
    "load_config",
    "load_or_make_key",
    "load_unfilled",
]
