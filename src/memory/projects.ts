import { MemoryError } from './errors.ts';
import { normaliseTag } from './tags.ts';

/** A project is a tag, so that mcp-memory-service and every filter know it: `proj:<name>`. */
const PREFIX = 'proj:';

export const projectTag = (project: string): string => PREFIX + project;

/** The name as it is stored: normalised like a tag. Throws where nothing is left of it. */
export const normaliseProject = (project: string): string => {
  const name = normaliseTag(project);
  if (name === undefined)
    throw new MemoryError('invalid-input', 'The project has no name.', 'Name it, or leave it out.');
  return name;
};

export const isProjectTag = (tag: string): boolean => tag.startsWith(PREFIX);

/** The names of the projects among a memory's tags. */
export const projectsOf = (tags: readonly string[]): string[] =>
  tags.filter(isProjectTag).map((tag) => tag.slice(PREFIX.length));

export const plainTagsOf = (tags: readonly string[]): string[] => tags.filter((tag) => !isProjectTag(tag));
