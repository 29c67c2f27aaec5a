"""Only MJML that mrml renders faithfully passes the gate."""

import pytest

from dispatch.errors import InvalidTheme
from dispatch.location import Location
from dispatch.rendering.gate import pass_gate


def origin(line: int) -> Location:
    return Location("templates/email.mjml.j2", line)


def column(content: str) -> str:
    return (
        '<mjml lang="en" dir="ltr"><mj-body><mj-section><mj-column>\n'
        f"{content}\n</mj-column></mj-section></mj-body></mjml>"
    )


def passed(content: str) -> str:
    return pass_gate(column(content), origin)


def refused(content: str) -> str:
    with pytest.raises(InvalidTheme) as caught:
        passed(content)
    return str(caught.value)


def test_what_is_beyond_ascii_becomes_character_references():
    assert "caf&#233; &#8212; &#128642;" in passed("<mj-text>café — 🚂</mj-text>")
    assert 'alt="&#2361;&#2367;&#2344;&#8205;"' in passed('<mj-image src="a" alt="हिन\u200d" width="9px"/>')


def test_html_entities_become_numeric_and_xml_ones_stay():
    assert "&#160;&#8204; &amp; &lt;" in passed("<mj-text>&nbsp;&zwnj; &amp; &lt;</mj-text>")


def test_backslashes_and_quotes_cannot_break_out_of_rusts_debug_form():
    mjml = passed("""<mj-image src="a" alt='a \\ "b"' width="9px"/>""")
    assert 'alt="a &#92; &quot;b&quot;"' in mjml


def test_a_quote_in_the_title_is_a_reference_since_mrml_copies_it_into_an_attribute():
    mjml = '<mjml lang="en" dir="ltr"><mj-head><mj-title>"a" \\ b</mj-title></mj-head><mj-body/></mjml>'
    assert "<mj-title>&quot;a&quot; &#92; b</mj-title>" in pass_gate(mjml, origin)


def test_every_run_of_space_becomes_one():
    mjml = passed("<mj-text>\n  <b>a</b>\n<i>b</i>\t\n c</mj-text>")
    assert "<mj-text> <b>a</b> <i>b</i> c</mj-text>" in mjml
    assert 'alt="a b"' in passed('<mj-image src="a" alt="a\n\tb" width="9px"/>')


def test_space_between_components_goes():
    assert "</mj-text><mj-text>" in passed("<mj-text>a</mj-text>\n\n<mj-text>b</mj-text>")


def test_empty_elements_are_closed_as_html_wants_it():
    mjml = passed("<mj-text><p></p><br/></mj-text>")
    assert "<p></p><br/>" in mjml


def test_comments_go_and_the_text_around_them_stays():
    assert "<p>a b</p>" in passed("<mj-text><p>a<!-- x --> <!-- y -->b</p></mj-text>")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<mj-text>a", "not well-formed: Opening and ending tag mismatch"),
        ("<mj-text>a < b</mj-text>", "not well-formed"),
        ("<mj-text>&bogus;</mj-text>", "Entity 'bogus' not defined"),
        ("<mj-image src='a' src='b' alt='' width='9px'/>", "Attribute src redefined"),
        ("<mj-text><?php x ?></mj-text>", "a processing instruction"),
        ("<mj-text><!--[if mso]>x<![endif]--></mj-text>", "a conditional comment in a template"),
        ("<mj-include path='x'/>", "use Jinja2's {% include %}"),
        ("<mj-style>a{}</mj-style>", "write it in inline.css.j2"),
        ("<mj-preview>a</mj-preview>", "leave it to email.mjml.j2"),
        ("<mj-txt>a</mj-txt>", "did you mean mj-text?"),
        ("<mj-text><script>x</script></mj-text>", "<script> is not allowed in a template"),
        ("<mj-text><a href='x'><table></table></a></mj-text>", "<table> does not belong inside <a>"),
        ("<mj-section/>", "<mj-section> does not belong inside <mj-column>"),
        ("words", "text in <mj-column>"),
        ("<mj-image src='a' width='9px'/>", '<mj-image> without alt\n    alt="" if it is decoration'),
        ("<mj-text><img src='a'/></mj-text>", "<img> without alt"),
        ("<mj-image src='a' alt=''/>", "<mj-image> without width"),
        ("<mj-text colour='red'>a</mj-text>", "<mj-text> has no attribute colour\n    did you mean color?"),
        ("<mj-text padding='0 25px'>a</mj-text>", 'padding="0 25px" in <mj-text>\n    write pixels, also for 0: 0px'),
        ("<mj-text padding='5%'>a</mj-text>", 'padding="5%" in <mj-text>'),
        ("<mj-image src='a' alt='' width='287.5px'/>", "write whole pixels"),
        ("<mj-text color='red'>a</mj-text>", "write six hex digits"),
        ("<mj-text onclick='x'>a</mj-text>", "<mj-text> has no attribute onclick"),
        ("<mj-text><p onclick='x'>a</p></mj-text>", "<p> has no attribute onclick"),
    ],
)
def test_what_mrml_would_get_wrong_is_refused_with_a_remedy(content, expected):
    assert expected in refused(content)


def test_all_problems_are_told_with_their_lines():
    told = refused("<mj-image src='a' width='9px'/>\n<mj-text padding='0'>a</mj-text>")
    assert "email.mjml.j2:2: <mj-image> without alt" in told
    assert 'email.mjml.j2:3: padding="0" in <mj-text>' in told


@pytest.mark.parametrize("depth", [300, 100_000])
def test_deep_nesting_is_an_error_and_no_crash(depth):
    assert "Excessive depth" in refused(f"<mj-text>{'<div>' * depth}{'</div>' * depth}</mj-text>")


def test_a_doctype_with_entities_is_refused_and_not_expanded():
    bomb = '<!DOCTYPE mjml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><mjml lang="en" dir="ltr">&b;</mjml>'
    with pytest.raises(InvalidTheme, match="may not have a DOCTYPE"):
        pass_gate(bomb, origin)


def test_something_else_than_mjml_is_refused():
    with pytest.raises(InvalidTheme, match="the outermost element is <p>"):
        pass_gate("<p>a</p>", origin)
