"""What is personal in a text, and what stands in its place: telephone, identity card, bank card, e-mail.

These four are the declared types. They are looked for in any text, in many spellings, Chinese, English or Arabic
around them; fields that hold one by their name (also QQ, WeChat, address) are masked whole. A customer's display
name is shown, for a tab without a name cannot be told from another; a number inside a name is masked like any
other. Frames are masked by `deskkit.privacy.frames`. This module knows no view and no file.
"""

from deskkit.privacy.finding import REGIONS, Span, find
from deskkit.privacy.masking import TOKENS, mask, mask_field, mask_values, personal_field

__all__ = ["REGIONS", "TOKENS", "Span", "find", "mask", "mask_field", "mask_values", "personal_field"]
