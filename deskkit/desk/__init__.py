"""The model of the desk: events, policy, rules, state. It knows no file, no clock, no widget, no random number."""
