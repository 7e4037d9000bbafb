"""What every conformance program needs: counting, the demo's settings, and a proof at the directory itself.

Standard library only, so that it works beside any SDK version.
"""
