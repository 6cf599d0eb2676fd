"""How a URL becomes a row. Read this first.

    Site ──crawl──▶ Delivery ──bodies──▶ Source ──read──▶ Report ──load──▶ rows

The crawler finds the annual-report columns of a site, walks each to its end and fetches what they list; every exchange is on disk
before anything else hears of it. Readers turn bytes into a report, in processes that can be killed. The store keeps a report as a
new version, or finds that nothing changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crawler.crawl import Plan, crawl
from crawler.events import Delivery, Found, SiteEnd, Trouble
from crawler.listing import Listing
from crawler.site import Site
from extract.report import Report
from nianbao.deliveries import Held, Shelf, bodies, provenance
from nianbao.finishing import Finishing
from nianbao.ledger import Ledger
from nianbao.progress import Progress
from nianbao.reading import ReadingPool
from nianbao.record import Recorder
from store.provenance import Loaded


async def follow(
    site: Site, plan: Plan, recorder: Recorder, shelf: Shelf, pool: ReadingPool, ledger: Ledger, progress: Progress
) -> SiteEnd:
    """One site from its home page to its rows; every event leaves a row."""
    memory: dict[str, Any] = recorder.frontier.recall(site.id)
    end = SiteEnd(site.id, "unreachable", {}, "nothing was heard of it")
    fetcher = Finishing(recorder.at(site), slow=lambda url: progress.event("wait", site_id=site.id, url=url))
    async for event in crawl(site, fetcher, memory, plan):
        match event:
            case Found():
                ledger.found(site, event)
                if event.columns:
                    recorder.frontier.learn(site.id, memory | event.memory())
            case Listing():
                ledger.listing(site, event)
                progress.event("found", count=len(event.links))
            case Delivery():
                loaded = await take(event, site, recorder, shelf, pool, ledger)
                progress.event("read", url=event.link.url, status=loaded.outcome if loaded else "unchanged")
            case Trouble():
                ledger.trouble(site, event)
                progress.event("problem", site_id=site.id, stage=event.stage, code=event.code, message=event.message)
            case SiteEnd():
                end = event
    return end


async def take(delivery: Delivery, site: Site, recorder: Recorder, shelf: Shelf, pool: ReadingPool, ledger: Ledger) -> Loaded | None:
    """One delivery to its row; None where the same bytes were read before by the same readers."""
    held = bodies(delivery, shelf, recorder)
    where = provenance(delivery, held, ledger.run_id, site.id)
    ledger.flush_captures()
    if ledger.has_read(where):
        return None
    return ledger.load(await _read(held, pool), where)


async def _read(held: Sequence[Held], pool: ReadingPool) -> Report:
    main, *parts = (h.source() for h in held)
    return await pool.read(main, parts)
