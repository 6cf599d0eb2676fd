"""What servers do to articles and their attachments: each trap changes one report of a built TRS portal."""

from __future__ import annotations

import gzip
from urllib.parse import quote

from nianbao.demo.server import NOT_FOUND, Answer, Host, Request, content, in_turn, page, redirect
from tests.portal import stumbles, trs
from tests.portal.town import Frame, Report, article

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def path(report: Report) -> str:
    """Where the report is."""
    return trs.COLUMN + trs.path(report)


def written(report: Report, extra: str) -> Answer:
    """The article with something more in its body."""
    return page(article(report).replace("</p><p>二", f"</p>{extra}<p>二"))


def good(report: Report) -> Answer:
    """The article as it should be."""
    return page(article(report))


def bomb(host: Host, report: Report) -> None:
    """A few kilobytes that unpack to 64 MiB."""
    packed = gzip.compress(bytes(64 << 20), 9)
    host[path(report)] = Answer(200, packed, (("Content-Type", "text/html"), ("Content-Encoding", "gzip")))


def cookie_loop(host: Host, report: Report) -> None:
    """A redirect to itself that wants a cookie brought back."""
    host[path(report)] = redirect(path(report), 302, ("Set-Cookie", "__jsluid_s=1; path=/"))


def home_instead(host: Host, report: Report) -> None:
    """The home page, by redirect."""
    host[path(report)] = redirect("/", 301)


def soft_404(host: Host, report: Report) -> None:
    """A page that says 404 at status 200."""
    host[path(report)] = page("<html><head><title>404 - 页面不存在</title></head><body>您访问的页面不存在或已被删除</body></html>")


def gone(host: Host, report: Report) -> None:
    """Plainly not there."""
    host[path(report)] = NOT_FOUND


def challenge(host: Host, report: Report) -> None:
    """A challenge at status 200."""
    host[path(report)] = page(stumbles.CHALLENGE)


def cut_once(host: Host, report: Report) -> None:
    """The connection is reset once."""
    host[path(report)] = in_turn(Answer(200, b"<html>" * 99, cut_at=100), good(report))


def busy_once(host: Host, report: Report) -> None:
    """429 with a Retry-After that can be waited for."""
    host[path(report)] = in_turn(Answer(429, b"", (("Retry-After", "0"),)), good(report))


def split(host: Host, report: Report) -> None:
    """Sections three and four stand on `t…_1.html`."""
    stem = path(report).rpartition("/")[2].removesuffix(".html")
    host[path(report)] = written(report, f'<script>createPageHTML(2,0,"{stem}","html");</script>')
    host[path(report).replace(".html", "_1.html")] = page(Frame().html(report.title, "<div class='TRS_Editor'><p>三、依申请公开</p></div>"))


def written_by_script(host: Host, report: Report) -> None:
    """Nanjing: the attachment's link is written by a script."""
    link = "document.write('<a href=\"./P020250122000000000001.pdf\">附件1.pdf</a><BR/>')"
    host[path(report)] = written(report, f'<script>if("附件1.pdf<BR/>" != ""){{{link};}}</script>')
    host[path(report).rpartition("/")[0] + "/P020250122000000000001.pdf"] = content(PDF, "application/octet-stream")


def viewer(host: Host, report: Report) -> None:
    """The report is a PDF inside a viewer's frame."""
    file = f"/__local/A/BC/DE/{report.number}.pdf"
    host[path(report)] = written(report, f'<iframe src="/system/resource/pdfjs/viewer.html?file={quote(file, safe="")}"></iframe>')
    host[file] = content(PDF, "application/pdf")


def only_with_referer(host: Host, report: Report) -> None:
    """A download that wants to know where one comes from, and tells its name in GBK only."""

    def download(request: Request) -> Answer:
        if path(report) not in request.headers.get("referer", ""):
            return Answer(403)
        name = f"{report.agency}年报.pdf".encode("gbk").decode("latin-1")
        return content(PDF, "application/octet-stream").with_headers(("Content-Disposition", f'attachment; filename="{name}"'))

    host[path(report)] = written(report, f'<a href="/virtual_attach_file.vsb?afc=x&oid=1&tid=1050&nid={report.number}&e=.pdf">附件</a>')
    host["/virtual_attach_file.vsb"] = download
