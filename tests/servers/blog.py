"""A news list of a WordPress theme that loads more by POST."""

from __future__ import annotations

import json

from tests.servers.news import article, page
from tests.servers.raw import Posted, RawServer, answer

AJAX = "/wp-admin/admin-ajax.php"
ROBOTS = f"User-agent: *\nDisallow: /wp-admin/\nAllow: {AJAX}\n"
MORE = "<button class='load-more' {}>Visa fler</button>"

Fields = dict[str, str]


def script(name: str, **values: object) -> str:
    return f"<script>/* <![CDATA[ */ var {name} = {json.dumps(values)}; /* ]]> */</script>"


class Blog:
    """A news list of a WordPress theme that loads more by POST, with a nonce that is another each time."""

    def __init__(self, server: RawServer, names: list[str], *, a_page: int = 3, nonce: bool = True) -> None:
        self.server = server
        self.a_page = a_page
        self.has_nonce = nonce
        self.given = 0
        self.refused = 0
        self.names = names
        server.pages["/robots.txt"] = answer(ROBOTS, kind="text/plain")
        server.pages["/nyheter/"] = lambda number: answer(self.first())
        server.pages["POST " + AJAX] = Posted(self.more)
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        self.server.pages[f"/nyheter/{name}/"] = answer(article(name).replace("2024-03-01", ""))

    def rows(self, number: int) -> str:
        part = self.names[(number - 1) * self.a_page : number * self.a_page]
        return "".join(
            f"<li><a href='/nyheter/{n}/'>Nyhet {n}</a> <time datetime='2024-03-05'>5 mars</time></li>"
            for n in part
        )

    def first(self) -> str:
        self.given += 1
        nonce = f"data-nonce='n{self.given}'" if self.has_nonce else ""
        button = MORE.format(f"data-action='more_news' data-page='2' data-kind='nyhet å & o' {nonce}")
        ajax = script("theme_ajax", ajax_url=AJAX)
        return page("Nyheter", f"<h1>Nyheter</h1><ul>{self.rows(1)}</ul>{button}{ajax}")

    def more(self, form: Fields) -> bytes:
        if self.has_nonce and form.get("nonce") != f"n{self.given}":
            self.refused += 1
            return answer("-1", status="403 Forbidden")
        if form.get("action") != "more_news" or form.get("kind") != "nyhet å & o":
            return answer("0", status="400 Bad Request")
        return answer(
            json.dumps({"success": True, "data": self.rows(int(form["page"]))}), kind="application/json"
        )
