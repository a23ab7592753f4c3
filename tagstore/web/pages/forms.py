"""The forms of the pages: shape only, the services judge."""

from datetime import UTC, date, datetime, time

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    FloatField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput, NumberInput

from tagstore.values import COLOURS, Audience, Role

REQUIRED = InputRequired("is required")
AUDIENCES = [
    SelectChoice(Audience.MEMBERS.value, "its members"),
    SelectChoice(Audience.SIGNED_IN.value, "everyone signed in"),
    SelectChoice(Audience.WORLD.value, "the world"),
]
ROLES = [
    SelectChoice(Role.VIEWER.value, "viewer: reads"),
    SelectChoice(Role.ANNOTATOR.value, "annotator: also tags"),
    SelectChoice(Role.MANAGER.value, "manager: also changes everything"),
]
DIGITS = [SelectChoice(digit) for digit in "1234567890"]
HERTZ = NumberRange(0, 1e9, "must be 0 or more")
LABEL = Length(max=200, message="must have at most 200 characters")


def version_field() -> IntegerField:
    """Return the hidden field that says which state of the thing was seen."""
    return IntegerField(widget=HiddenInput(), validators=[Optional()])


class HertzField(FloatField):
    """A frequency, or none; shown without what is zero behind the point."""

    widget = NumberInput(step="any", min=0)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.12g}"


def end_of(day: date | None) -> datetime | None:
    """Return the last moment of a day."""
    return datetime.combine(day, time.max, UTC) if day else None


class SignInForm(FlaskForm):
    """Name and password, and where to go on."""

    username = StringField("Name", [REQUIRED])
    password = PasswordField("Password", [REQUIRED])
    next = HiddenField()


class PasswordForm(FlaskForm):
    """A new password, proven by the present one."""

    current = PasswordField("Present password")
    password = PasswordField("New password", [REQUIRED])


class TokenForm(FlaskForm):
    """An API token."""

    label = StringField("What it is for", [REQUIRED, LABEL])
    read_only = BooleanField("Reads only")
    expires_on = DateField("Ends on", [Optional()])


class KeyForm(FlaskForm):
    """A key pair, about which there is nothing to say."""


class WalletForm(FlaskForm):
    """An Ethereum address that somebody says is theirs."""

    address = StringField("Address", [REQUIRED])


class WalletProofForm(FlaskForm):
    """The text that was to be signed, and the signature."""

    text = TextAreaField("Text to sign", [REQUIRED])
    signature = StringField("Signature", [REQUIRED])


class WriteTokenForm(FlaskForm):
    """Leave to write a project's tags to a folder."""

    name = StringField("What it is for", [REQUIRED, LABEL])
    destination = StringField("Folder", [REQUIRED])
    expires_on = DateField("Ends on", [Optional()])


class UserForm(FlaskForm):
    """A new user."""

    name = StringField("Name", [REQUIRED])
    password = PasswordField("Password")
    is_admin = BooleanField("Administrator")


class ProjectForm(FlaskForm):
    """A new project."""

    key = StringField("Key", [REQUIRED])
    name = StringField("Name", [LABEL])


class ProjectSettingsForm(FlaskForm):
    """What a project is called and who may read it."""

    name = StringField("Name", [REQUIRED])
    description = TextAreaField("What it is about")
    audience = SelectField("Who may read it", choices=AUDIENCES)


class MemberForm(FlaskForm):
    """A user's role in a project."""

    user = StringField("User name", [REQUIRED])
    role = SelectField("Role", choices=ROLES, default=Role.ANNOTATOR.value)


class TagSetForm(FlaskForm):
    """A tag set; hidden ones are not shown in the workbench until asked for."""

    name = StringField("Name", [REQUIRED])
    color = ColorField("Colour", default=COLOURS[0])
    description = StringField("Description")
    version = version_field()


class NewClassForm(FlaskForm):
    """A new class; colour and hot key are chosen when they are left alone."""

    identifier = StringField("Identifier", [REQUIRED])
    label = StringField("Name")
    hot_key = SelectField("Hot key", choices=[SelectChoice("", "next free"), *DIGITS], default="")
    group = SelectField("Vocabulary", coerce=int, choices=[], validate_choice=False)


class ClassForm(FlaskForm):
    """What can be changed of a class; its tags follow."""

    label = StringField("Name", [REQUIRED])
    identifier = StringField("Identifier", [REQUIRED])
    color = ColorField("Colour")
    hot_key = SelectField("Hot key", choices=[SelectChoice("", "none"), *DIGITS], default="")
    low_hz = HertzField("From, Hz", [Optional(), HERTZ])
    high_hz = HertzField("To, Hz", [Optional(), HERTZ])
    version = version_field()


class GroupForm(FlaskForm):
    """A vocabulary."""

    key = StringField("Key", [REQUIRED])
    name = StringField("Name")


class GroupNameForm(FlaskForm):
    """What can be changed of a vocabulary."""

    name = StringField("Name", [REQUIRED])
    closed = BooleanField("Closed: takes no new classes")
    version = version_field()
