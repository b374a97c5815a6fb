"""Where vectors lie and are searched: in memory and files (`exact`), or in SQLite beside a folder (`sqlite`)."""
