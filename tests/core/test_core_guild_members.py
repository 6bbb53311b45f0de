"""Who was put out of a guild, and what they still can do: nothing."""

import pytest

from core.guild_stage import GuildStage
from fakeqq.core.errors import ControlError
from fakeqq.core.events.buttons import Press, press
from fakeqq.core.events.speech import Speech, speak
from fakeqq.core.guild import guild_deeds


@pytest.fixture
def stage():
    made = GuildStage()
    made.listen()
    return made


@pytest.mark.parametrize(("banned", "code"), [(True, "blacklisted"), (False, "not_inside")])
def test_who_was_put_out_says_nothing_until_they_are_back(stage, banned, code):
    user = stage.world.people.user().openid
    deeds = [
        stage.user_says,
        lambda: speak(stage.world, Speech(text="hi", user=user, guild=stage.guild.id, scene="dm"), stage.now),
        lambda: press(stage.world, Press(user=user, channel=stage.text.id, button_id="1"), stage.now),
        lambda: press(stage.world, Press(user=user, scene="dm", button_id="1"), stage.now),
    ]
    for deed in deeds:
        deed()
    member = f"/guilds/{stage.guild.id}/members/{stage.world.guilds.member_id(user)}"
    stage.call("DELETE", member, {"add_blacklist": banned})
    for deed in deeds:
        with pytest.raises(ControlError) as refused:
            deed()
        assert (refused.value.status, refused.value.code) == (409, code)
    assert stage.call("GET", member).error == "unknown_account"
    if banned:
        with pytest.raises(ControlError, match="blacklist here"):
            guild_deeds.add_member(stage.world, stage.guild.id, None, user, stage.now)
        return
    guild_deeds.add_member(stage.world, stage.guild.id, None, user, stage.now)
    for deed in deeds:
        deed()
