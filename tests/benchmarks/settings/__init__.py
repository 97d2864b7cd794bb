"""Settings of the three sides. Each process chooses one, for the database backend is chosen at import."""
