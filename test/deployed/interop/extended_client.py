"""Reads and writes offloaded messages with Amazon's own SQS Extended Client for Python.

Usage: extended_client.py read QUEUE_URL BUCKET           prints the body of one message, which stays on its queue
       extended_client.py write QUEUE_URL BUCKET KEY      sends standard input, offloaded under KEY
"""

import sys

import boto3
import sqs_extended_client  # noqa: F401  adds what an extended client has to boto3's


def main(command: str, queue_url: str, bucket: str, key: str = "") -> None:
    sqs = boto3.client("sqs")
    sqs.large_payload_support = bucket
    sqs.s3_client = boto3.client("s3", config=boto3.session.Config(s3={"addressing_style": "path"}))
    if command == "read":
        answer = sqs.receive_message(QueueUrl=queue_url, VisibilityTimeout=1, WaitTimeSeconds=10)
        sys.stdout.write(answer["Messages"][0]["Body"])
        return
    sqs.always_through_s3 = True
    attributes = {"S3Key": {"DataType": "String", "StringValue": key}}
    sqs.send_message(QueueUrl=queue_url, MessageBody=sys.stdin.read(), MessageAttributes=attributes)


main(*sys.argv[1:])
