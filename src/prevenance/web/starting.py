"""Start the face of one installation, as a server asks for it: `uvicorn --factory prevenance.web:from_environment`."""

import os
from contextlib import ExitStack
from pathlib import Path

from fastapi import FastAPI

from prevenance.app import open_application
from prevenance.kit.problems import ConfigurationError
from prevenance.web.serving import create_web

PROJECT = "PREVENANCE_PROJECT"
HOSTS = "PREVENANCE_HOSTS"


def from_environment() -> FastAPI:
    """Return the web application of the project folder that `PREVENANCE_PROJECT` names.

    `PREVENANCE_HOSTS` may name further hosts to answer to, such as `127.0.0.1:9000` for another port than that of
    the project's `public_url`; commas between them.

    Raises:
        ConfigurationError: the variable is not set, or the folder holds no project.
    """
    folder = os.environ.get(PROJECT)
    if not folder:
        message = f"Set {PROJECT} to the project folder, or start with: prevenance serve --project FOLDER"
        raise ConfigurationError(message)
    stack = ExitStack()
    application = stack.enter_context(open_application(Path(folder)))
    hosts = tuple(host.strip() for host in os.environ.get(HOSTS, "").split(",") if host.strip())
    intake = application.open_intake()
    stack.callback(intake.close)
    web = create_web(
        application.desk(),
        public_url=application.public_url,
        allowed_hosts=hosts,
        clock=application.clock,
        intake=intake,
    )
    web.router.on_shutdown.append(stack.close)
    return web
