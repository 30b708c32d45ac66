"""One profile for all tests whose cases hypothesis draws."""

from hypothesis import settings

# a machine that is busy, or that loads Keras meanwhile, is no failure
settings.register_profile("heatbrush", deadline=None)
settings.load_profile("heatbrush")
