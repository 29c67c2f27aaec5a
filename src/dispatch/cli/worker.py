"""The command of a process that sends beside others: worker."""

from __future__ import annotations

import click

from dispatch.cli.progress import sending_progress
from dispatch.cli.standing import advise, exit_code, show_standing, standing
from dispatch.cli.terminal import json_option, say, settings, show_json
from dispatch.delivery.assistants import stop_with_standard_input
from dispatch.errors import DispatchError, Stopped, UsageMistake
from dispatch.records import Records
from dispatch.sending import capabilities_of, claims_of, look_again, sender_of


@click.command()
@click.argument("mailing", required=False)
@click.option("--assist", is_flag=True, hidden=True, help="As one of the processes of a run on this machine.")
@json_option
@click.pass_context
def worker(context: click.Context, mailing: str | None, assist: bool, as_json: bool) -> None:
    """Help to send MAILING (default: the latest unfinished) from this machine, until nothing is left. Needs PostgreSQL.

    Like `resume`, but a paused mailing stays paused. Any number may run, and die, at any time.
    """
    records = context.with_resource(Records(settings(context)))
    if assist:
        context.exit(_assist(records, str(mailing)))
    if not records.database.several_senders:
        raise UsageMistake(
            "only one machine can send from a database in a file",
            remedy="Set `database: postgresql://…`; on one machine, `delivery.processes` makes use of its cores.",
        )
    found = records.mailing(mailing, unfinished=True)
    look_again(records, found)
    claims_of(records, capabilities_of(records, found.provider)).check(found)
    trouble: Stopped | None = None
    try:
        with sending_progress(found) as (stop, on_progress):
            sender_of(records, found, stop=stop, on_progress=on_progress).run()
    except Stopped as stopped:
        trouble = stopped
    where = standing(records, found)
    show_standing(where, records.config.newsletter.timezone, as_json=as_json)
    if trouble:
        say(f"\n{trouble}")
    advise(where)
    context.exit(trouble.exit_code if trouble else exit_code(where))


def _assist(records: Records, mailing: str) -> int:
    """One of the processes of a run on this machine; whoever started it tells what became of the mailing."""
    found = records.mailing(mailing)
    try:
        with sending_progress(found, silent=True) as (stop, on_progress):
            stop_with_standard_input(stop)
            sender_of(records, found, stop=stop, on_progress=on_progress).assist()
    except DispatchError as error:
        problem = error.problems[0]
        show_json({"message": problem.message, "remedy": problem.remedy})
        return Stopped.exit_code
    return 0
