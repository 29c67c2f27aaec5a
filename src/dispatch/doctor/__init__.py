"""Is everything in place for a mailing? Examinations are functions of the Case; this is the list of them."""

from __future__ import annotations

from dispatch.doctor import account, domain, keys, people, repository, settings, storage
from dispatch.doctor.examination import Examination

HERE: tuple[Examination, ...] = (
    settings.settings,
    settings.theme,
    settings.proofreading,
    keys.signing_keys,
    keys.secret_files,
    storage.database,
    storage.file_system,
    storage.free_space,
    people.subscribers,
    repository.git,
)
"""What can be seen in the folder and on this machine."""

BEYOND: tuple[Examination, ...] = (
    repository.claim,
    account.account,
    account.way_out,
    account.clock,
    domain.spf,
    domain.dkim,
    domain.dmarc,
    domain.mail_hosts,
)
"""What others have to be asked about."""

EXAMINATIONS = (*HERE, *BEYOND)
"""Every examination, in the order of docs/doctor.md."""
