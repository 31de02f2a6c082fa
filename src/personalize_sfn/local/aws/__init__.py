"""What every service of the embedded AWS shares: requests, answers, identities and permissions."""
