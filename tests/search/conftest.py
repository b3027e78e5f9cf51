from hypothesis import settings

# Properties are about answers, not about how busy the machine is; speed has tests of its own.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
