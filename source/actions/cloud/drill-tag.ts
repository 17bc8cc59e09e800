/** Tag, label or description that names the drill that made a thing; nothing else is ever deleted. */
export const DRILL_TAG = "restore-drill";
