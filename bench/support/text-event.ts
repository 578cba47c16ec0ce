/** A text message of Open Messaging, padded to so many bytes. */
export function textEvent(id: string, bytes: number): string {
  const event = (text: string) =>
    JSON.stringify({
      id,
      channel: {
        platform: 'Open',
        type: 'Private',
        to: { id: 'integration-1', idType: 'Opaque' },
        from: { id: 'customer-1', nickname: 'Ada', idType: 'Opaque' },
        messageId: id,
        time: '2026-03-04T10:15:22.417Z',
        id: 'channel-1',
      },
      direction: 'Outbound',
      type: 'Text',
      text,
    });
  return event('x'.repeat(Math.max(0, bytes - event('').length)));
}
