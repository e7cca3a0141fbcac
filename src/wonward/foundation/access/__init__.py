"""Who may sign in and what they may do: users, teams, access roles, tokens, the policy."""
