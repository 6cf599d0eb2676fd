"""The application: wires crawler, extract and store together."""
