"""The command side: decides what the law allows, records it, and publishes it as a feed."""
