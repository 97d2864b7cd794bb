"""What is bought on order, what was ordered, and how trips went."""
