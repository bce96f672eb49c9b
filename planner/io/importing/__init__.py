"""Files of other tools to an orders file of ours."""
