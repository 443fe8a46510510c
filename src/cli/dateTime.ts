/** Local date and time to the second. */
export const dateTime = (seconds: number): string => new Date(seconds * 1000).toLocaleString('sv-SE');
