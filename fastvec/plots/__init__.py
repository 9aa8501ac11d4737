"""Pictures: of maps, analogies, trainings and frequencies, by matplotlib or as pages."""
