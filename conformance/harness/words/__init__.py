"""The words in which a check tells its story, by whom they are about: people, the platform, the bot.

Platform and people act at once. What the bot does is waited for; a wait that fails raises what the report prints.
`World` holds them all; a new chapter's words are a module here and one more base there.
"""
