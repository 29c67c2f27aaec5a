"""Is it fit to send? Checks are functions of the Evidence; this is the list of them."""

from __future__ import annotations

from dispatch.checks import accessibility, audience, clients, compliance, images, links, merge_fields, weight, wording
from dispatch.checks.check import CheckFunction

CHECKS: tuple[CheckFunction, ...] = (
    wording.empty_subject,
    wording.long_subject,
    wording.missing_preheader,
    wording.long_preheader,
    wording.preheader_repeating_subject,
    wording.shouting,
    wording.pretended_reply,
    wording.leftover_placeholder,
    links.malformed_link,
    links.forbidden_scheme,
    links.insecure_link,
    links.local_link,
    links.link_without_text,
    images.missing_alt,
    images.file_name_as_alt,
    images.alt_repeating_caption,
    images.alt_naming_the_medium,
    images.long_alt,
    images.missing_credit,
    images.oversized_picture,
    images.soft_picture,
    images.extreme_proportions,
    images.blank_first_frame,
    images.endless_animation,
    accessibility.low_contrast,
    accessibility.wrong_language,
    accessibility.undeclared_language,
    accessibility.skipped_heading_level,
    accessibility.missing_headings,
    accessibility.repeated_link_text,
    accessibility.misread_table,
    merge_fields.unknown_merge_field,
    merge_fields.merge_field_without_value,
    merge_fields.foreign_merge_field,
    audience.empty_audience,
    audience.empty_segment,
    clients.breaking_feature,
    clients.background_without_colour,
    clients.web_font_without_fallback,
    clients.unsupported_feature,
    weight.clipped_html,
    weight.oversized_styles,
    weight.nested_at_rule,
    weight.heavy_pictures,
    compliance.missing_postal_address,
    compliance.missing_unsubscribe_link,
    compliance.missing_one_click_headers,
    compliance.incomplete_headers,
    compliance.free_from_address,
    compliance.unanswerable_address,
    compliance.incomplete_text_part,
    compliance.local_from_address,
    compliance.untouched_setting,
)
"""Every check, in the order of docs/checks.md."""

BINDING: frozenset[CheckFunction] = frozenset(
    {
        compliance.missing_postal_address,
        compliance.missing_unsubscribe_link,
        compliance.missing_one_click_headers,
        compliance.incomplete_headers,
        compliance.local_from_address,
        compliance.untouched_setting,
    }
)
"""Those that no issue and no newsletter can allow: a mail without these harms its readers, or whoever is answerable."""
