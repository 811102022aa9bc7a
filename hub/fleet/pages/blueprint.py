"""What the pages of kiosks hang on."""

from flask import Blueprint

pages = Blueprint("fleet", "hub.fleet", template_folder="templates", url_prefix="/fleet")
