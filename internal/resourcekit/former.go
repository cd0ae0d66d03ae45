package resourcekit

// Partial is a group of settings of which some are set: those that a
// configuration manages.
type Partial[T any] interface {
	// Only returns the members that are also set in mask.
	Only(mask T) T
	// Or returns the members that are set, and those of other where they are not.
	Or(other T) T
}

// Former is what is remembered of a group of settings for destroy.
type Former[T Partial[T]] struct {
	// Settings are the former values of the managed settings. Which settings are
	// managed cannot be told from the state, where the others stand as well.
	Settings T `json:"settings"`
	// Imported is set until the first write after an import. Settings then holds
	// the whole group, because an import does not know the configuration, and
	// nothing has to be restored, because nothing was changed.
	Imported bool `json:"imported,omitempty"`
}

// FormerOf keeps the former values of what a configuration manages.
func FormerOf[T Partial[T]](present, managed T) Former[T] {
	return Former[T]{Settings: present.Only(managed)}
}

// Updated follows a configuration that manages other settings than before:
// those that are new are remembered as they were just before this write, those
// that were dropped are forgotten, because nobody wants them restored.
func (f *Former[T]) Updated(present, managed T) Former[T] {
	if f == nil {
		return FormerOf(present, managed)
	}
	return Former[T]{Settings: f.Settings.Only(managed).Or(present.Only(managed))}
}

// Restorable is what destroy puts back.
func (f *Former[T]) Restorable() T {
	if f.Imported {
		var nothing T
		return nothing
	}
	return f.Settings
}
