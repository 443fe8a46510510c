/**
 * The ontology of mcp-memory-service (v10.59): base types with their subtypes. Other types are kept as they are;
 * that service reads them as `observation`.
 */
export const MEMORY_TYPES: Readonly<Record<string, readonly string[]>> = {
  observation: [
    'code_edit',
    'file_access',
    'search',
    'command',
    'conversation',
    'conversation_turn',
    'session',
    'document',
    'note',
    'reference',
  ],
  decision: ['architecture', 'tool_choice', 'approach', 'configuration'],
  learning: ['insight', 'best_practice', 'anti_pattern', 'gotcha'],
  error: ['bug', 'failure', 'exception', 'timeout', 'mistake'],
  pattern: ['recurring_issue', 'code_smell', 'design_pattern', 'workflow'],
  planning: [
    'sprint_goal',
    'backlog_item',
    'story_point_estimate',
    'velocity',
    'retrospective',
    'standup_note',
    'acceptance_criteria',
  ],
  ceremony: ['sprint_review', 'sprint_planning', 'daily_standup', 'retrospective_action', 'demo_feedback'],
  milestone: ['deliverable', 'dependency', 'risk', 'constraint', 'assumption', 'deadline'],
  stakeholder: ['requirement', 'feedback', 'escalation', 'approval', 'change_request', 'status_update'],
  meeting: ['action_item', 'attendee_note', 'agenda_item', 'follow_up', 'minutes'],
  research: ['finding', 'comparison', 'recommendation', 'source', 'hypothesis'],
  communication: ['email_summary', 'chat_summary', 'announcement', 'request', 'response'],
};
