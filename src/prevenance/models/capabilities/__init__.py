"""What can be done with a flat table that someone brings: one file a capability of the lab."""

import os

# Threads that wait by spinning take nine times longer on a busy machine; LightGBM reads this when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
