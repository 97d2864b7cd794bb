"""The one door to Stripe: nothing else of the project knows its objects, its hundredths or its keys."""
