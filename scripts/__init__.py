"""The pipeline: from Criteo's document to a released client. Run it as `python -m scripts`."""
