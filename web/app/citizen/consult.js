// The citizen's consultation.
