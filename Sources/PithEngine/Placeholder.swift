// PithEngine: placeholder until the room is furnished.
