"""What an administrating bot does in groups: members, mutes, applications, the blacklist."""
