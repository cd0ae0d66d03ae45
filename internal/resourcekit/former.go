package resourcekit

// Partial is a group of settings of which some are set: those that a
// configuration manages.
type Partial[T any] interface {
	// Only returns the members that are also set in mask, Without the others.
	Only(mask T) T
	Without(mask T) T
	// Or returns the members that are set, and those of other where they are not.
	Or(other T) T
	// Same returns the members that have the same value in other.
	Same(other T) T
}

// Former is what is remembered of a group of settings for destroy.
type Former[T Partial[T]] struct {
	// Settings are the former values of all settings that were ever managed.
	// Which these are cannot be told from the state, where the others stand as
	// well.
	Settings T `json:"settings"`
	// Written are the values that Terraform last wrote.
	Written T `json:"written"`
	// Dropped are the settings that are no longer managed, with the values that
	// Terraform left in them.
	Dropped T `json:"dropped"`
	// Imported is set until the first write after an import. Settings then holds
	// the whole group, because an import does not know the configuration, and
	// nothing has to be restored, because nothing was changed.
	Imported bool `json:"imported,omitempty"`
}

// FormerOf keeps the former values of what a configuration manages. Managed
// holds the values that are written.
func FormerOf[T Partial[T]](present, managed T) Former[T] {
	return Former[T]{Settings: present.Only(managed), Written: managed}
}

// Updated follows a configuration that manages other settings than before.
// Those that are new are remembered as they were just before this write.
func (f *Former[T]) Updated(present, managed T) Former[T] {
	if f == nil {
		return FormerOf(present, managed)
	}
	// A setting that was dropped, taken over by somebody else and is managed
	// again has another former value now.
	takenOver := f.Dropped.Only(managed).Without(f.Dropped.Same(present))
	known := f.Settings.Without(takenOver)
	if f.Imported {
		known = known.Only(managed)
	}
	return Former[T]{
		Settings: known.Or(present.Only(managed)),
		Written:  managed.Or(f.Written),
		// Earlier versions of the provider did not remember what they wrote.
		Dropped: f.Dropped.Or(f.Written).Or(present.Only(known)).Without(managed),
	}
}

// Restorable is what destroy puts back: what is managed in any case, what no
// longer is only where it still has the value that Terraform left in it,
// because somebody else may own it by now.
func (f *Former[T]) Restorable(present T) T {
	var nothing T
	if f.Imported {
		return nothing
	}
	return f.Settings.Without(f.Dropped).Or(f.Settings.Only(f.Dropped.Same(present)))
}

// Lost are the settings that are managed and had no value that could be put
// back.
func (f *Former[T]) Lost() T {
	return f.Written.Without(f.Settings).Without(f.Dropped)
}
