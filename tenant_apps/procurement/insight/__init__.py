"""What wholesale brought: savings, how suppliers deliver, how prices went, what lies there. Read and reckoned; nothing is ordered here."""
