"""Operations of the group Audience, each a module."""
