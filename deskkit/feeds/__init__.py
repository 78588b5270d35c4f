"""Where facts come from: imports of what live-chat products export."""
