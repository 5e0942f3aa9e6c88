// PithEngineTests: placeholder until the room is furnished.
