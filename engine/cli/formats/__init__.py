"""What ``duly check`` found, as text for a person or for another program: a module for each."""
