"""Fails lifecycle/restart: comes back with its first number, and handles the replay as news."""

from sinning import Gateway, sin

from reference_client.sessions import SavedSession


class ForgetfulGateway(Gateway):
    def saved(self):
        session = super().saved()
        return None if session is None else SavedSession(session.session_id, 1)


if __name__ == "__main__":
    sin(gateway=ForgetfulGateway)
