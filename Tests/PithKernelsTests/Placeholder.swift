// PithKernelsTests: placeholder until the room is furnished.
