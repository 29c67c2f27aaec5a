"""The views beside the mail, as the preview answers them: pictures off, the source, the page of the archive."""

from __future__ import annotations

import email
import email.policy
import re

from dispatch.project import Project
from preview.client import Preview


def test_with_pictures_off_none_is_named_and_none_is_allowed(quiet: Preview) -> None:
    answer = quiet.ask("mail", issue="tides", images="off")
    assert '<img alt="A pier at low tide."' in answer.text
    assert not re.search(r'src="(?!")|url\(|srcset', answer.text)
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[:2] == ["default-src 'none'", "img-src 'none'"]
    assert "media/" in quiet.ask("mail", issue="tides", images="on").text


def test_the_source_is_what_leaves(quiet: Preview) -> None:
    source = quiet.ask("source", issue="tides", **{"as": "elodie@example.org"}).json
    assert "Hello Élodie, the tide is out." in source["html"]
    assert re.search(r'src="cid:[0-9a-f]{64}\.png@pictures"', source["html"])
    fields = [line.partition(":")[0] for line in source["head"].split("\n")]
    assert fields[:2] == ["Date", "From"]
    assert {"To", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post"} <= set(fields)
    assert "MIME-Version" not in source["head"]
    assert quiet.ask("source", issue="none").status == 404


def test_the_message_is_a_file_for_whatever_reads_mail(quiet: Preview) -> None:
    reader = {"issue": "tides", "as": "elodie@example.org"}
    answer = quiet.ask("message", **reader)
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == 'attachment; filename="tides.eml"'
    assert answer.headers["content-security-policy"] == quiet.ask("source", **reader).headers["content-security-policy"]
    message = email.message_from_bytes(answer.body, policy=email.policy.default)
    html = message.get_body(("html",)).get_content()
    assert "Hello Élodie, the tide is out." in html
    assert "data-block" not in html
    assert "data-mark" not in html
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content().startswith(b"\x89PNG")
    assert quiet.ask("message", issue="none").status == 404
    assert quiet.ask("message", "POST", {"Origin": f"http://127.0.0.1:{quiet.port}"}, **reader).status == 405
    assert quiet.ask_raw("/guess/message?issue=tides").status == 403
    assert quiet.ask("message", headers={"Host": "rebound.example"}, **reader).status == 421


def test_the_web_page_is_the_archives(quiet: Preview) -> None:
    answer = quiet.ask("web", issue="tides")
    project = Project.open(quiet.folder, environ={})
    built = project.webpage(project.read_issue("tides"), media_url="media/", root="https://harbour.example/").html
    assert answer.text.replace('<base target="_blank">', "") == re.sub(
        r"\(prefers-color-scheme:dark\)",
        "(max-width:0px)",
        built.replace("color-scheme:light dark", "color-scheme:light"),
    ).replace('content="light dark"', 'content="light"')
    assert answer.headers == quiet.ask("mail", issue="tides").headers | {
        name: answer.headers[name] for name in ("content-length", "date")
    }
    [source] = set(re.findall(r'src="(media/[^"]+)"', answer.text))
    assert quiet.ask(source).headers["content-type"] == "image/png"
    assert quiet.ask("web", issue="none").status == 404


def test_a_mistake_in_the_page_alone_is_told_in_its_place(preview: Preview) -> None:
    (preview.folder / "templates").mkdir()
    preview.write("templates/web.html.j2", "{{ nothing.of.the.kind }}")
    with preview.views(issue="tides") as views:
        while "templates/web.html.j2" not in (answer := preview.ask("web", issue="tides")).text:
            next(views)
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert preview.ask("mail", issue="tides").status == 200


def test_a_client_shows_what_it_makes_of_the_mail_as_sent(quiet: Preview) -> None:
    outlook = quiet.ask("mail", issue="tides", client="outlook-windows", **{"as": "elodie@example.org"})
    assert "Hello Élodie, the tide is out." in outlook.text
    assert "<!--[if mso" not in outlook.text
    assert "@media" not in outlook.text
    [source] = re.findall(r'src="(media/[^"]+)"', outlook.text)
    assert quiet.ask(source).status == 200
    as_sent = quiet.ask("mail", issue="tides", client="apple-mail")
    assert outlook.headers["content-security-policy"] == as_sent.headers["content-security-policy"]
    assert as_sent.body == quiet.ask("mail", issue="tides").body
    bare = quiet.ask("mail", issue="tides", client="outlook-windows", images="off")
    assert "img-src 'none'" in bare.headers["content-security-policy"]
    assert "media/" not in bare.text


def test_every_client_is_listed_with_what_its_model_says_of_itself(quiet: Preview) -> None:
    clients = quiet.ask("clients").json
    assert [client["name"] for client in clients][:2] == ["apple-mail", "gmail"]
    for client in clients:
        assert set(client) == {"name", "label", "shows", "omits"}
        assert quiet.ask("mail", issue="tides", client=client["name"]).status == 200


def test_what_is_lost_in_a_client_is_told(quiet: Preview) -> None:
    [left_out] = quiet.ask("losses", issue="tides", client="gmail").json["left_out"]
    assert "@media (prefers-color-scheme) (1)" in left_out
    nothing = {"losses": [], "left_out": []}
    assert quiet.ask("losses", issue="tides", client="apple-mail").json == nothing


def test_a_client_that_nobody_knows_is_not_found(quiet: Preview) -> None:
    for path in ("mail", "losses"):
        assert quiet.ask(path, issue="tides", client="pine").status == 404
        assert quiet.ask(path, issue="none", client="gmail").status == 404


def test_values_are_made_up_over_those_of_a_subscriber(quiet: Preview) -> None:
    made = "first_name=Ada+%26+Co&city=Oslo"
    as_nobody = quiet.ask("mail", issue="tides", made=made).text
    assert "Hello Ada &amp; Co, the tide is out." in as_nobody
    for path in ("mail", "source"):
        text = quiet.ask(path, issue="tides", made="first_name=Ada", **{"as": "elodie@example.org"}).text
        assert "Hello Ada, the tide is out." in text
        assert "Élodie," not in text
    outlook = quiet.ask("mail", issue="tides", client="outlook-windows", made="first_name=<b>").text
    assert "Hello &lt;b&gt;, the" in outlook
    assert "Hello reader" in quiet.ask("mail", issue="tides", made="first_name=+").text  # blank is no value
    assert quiet.ask("mail", issue="tides", made="&".join(f"x{number}=1" for number in range(200))).status == 200


def test_each_merge_field_is_told_with_its_value_and_its_fallback(quiet: Preview) -> None:
    def fields(**query: str) -> object:
        with quiet.views(issue="tides", **query) as views:
            mail = next(views)["mail"]
        return mail["fields"], mail["preheader"]

    assert fields() == (
        [{"name": "first_name", "value": "", "fallbacks": ["reader"]}],
        "When the water comes, reader.",
    )
    assert fields(made="first_name=Ada") == (
        [{"name": "first_name", "value": "Ada", "fallbacks": ["reader"]}],
        "When the water comes, Ada.",
    )
    [[field], _] = fields(**{"as": "elodie@example.org"})
    assert field["value"] == "Élodie"
    with quiet.views(issue="winds") as views:
        assert next(views)["mail"]["fields"] == []  # the link to unsubscribe is none of the author's
